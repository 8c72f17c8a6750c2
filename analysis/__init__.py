"""Statistics of answers. Importing any of it keeps the linear algebra of numpy and scipy on one thread.

Tables are small, and threads of OpenBLAS that wait for work take more processor time than the work itself; they start with
numpy, so this is said before numpy is imported. Who wants more speed on more processors runs more processes.
"""

import os

os.putenv("OPENBLAS_NUM_THREADS", "1")
