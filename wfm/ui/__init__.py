"""The dashboard: pages show a plan and start work; they compute nothing."""
