"""What readers meet: the fast server. No Django, no templates."""
