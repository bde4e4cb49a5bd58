"""What does the short way answer where it is not sure, and how many queues does it take at once?

The same question as `_kernels_agents.fewest`, for one limit on the service level and perhaps one on
occupancy, without a limit on lines: Erlang C in `_kernels_quick_c`, Erlang A in `_kernels_quick_a`.
Symbols as in `_kernels`. Nothing there is exact: a queue whose limit is met or missed by less than
MARGIN of itself at any n that matters is answered UNSURE, for the exact kernel to decide; so is
every queue outside the range in which MARGIN covers the errors.
"""

UNSURE, WRONG = -1, -2  # answers: ask the exact kernel; not a queue at all
MARGIN = 2e-6  # relative; the errors found by the tests are below a third of it
BLOCK = 32
