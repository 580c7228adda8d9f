"""Pages of approvals: the guide for everybody, and procedures."""
