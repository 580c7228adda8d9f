"""Pages of the enterprise: home, own cases, papers, drafts."""
