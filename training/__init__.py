"""The use of the data: training takes rows only through `load_dataset`. Empty until the training step lands."""
