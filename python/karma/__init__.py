"""PyTorch reference of the method; the mathematics is that of docs/method.md."""
