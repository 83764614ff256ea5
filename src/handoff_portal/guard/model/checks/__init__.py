"""What each kind of rule means: it is bound to a situation once, then asked for every contact."""
