"""Hosts: what we need from any, and the adapters that give it for those we know."""
