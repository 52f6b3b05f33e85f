"""Lectures on a Slurm cluster that is reached by ssh, and their traces back here: `./remote_execute.sh lecture_01`."""
