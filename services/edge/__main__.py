"""Runs the edge: python -m services.edge."""

from services.edge.app import run

if __name__ == "__main__":
    run()
