"""Investment promotion: seven task forces, leads, the ten steps of park entry."""
