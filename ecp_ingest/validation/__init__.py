"""Checks that written records keep the rules that hold for every record."""
