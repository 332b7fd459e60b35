"""Labelled login traffic: a made-up service, its people and its attackers."""
