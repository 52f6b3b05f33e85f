"""What Triton's interpreter does, told to those who record it and those who count it."""
