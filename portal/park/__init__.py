"""The park itself: enterprises, teams, who works or acts where."""
