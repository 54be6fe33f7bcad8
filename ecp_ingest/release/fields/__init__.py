"""The fields of a release: date, place, kind, title, people, references."""
