"""Registers Assay's schemas with Hydra wherever Hydra looks for plugins: in the stages, the command and DVC.

DVC finds this file through `hydra.plugins_path` in `.dvc/config`. The folder must have no `__init__.py`.
"""

from assay.config.compose import register

register()
