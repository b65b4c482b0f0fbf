"""What the library costs, side by side with raw boto3. Run by hand: ``python -m tests.benchmarks``.

Nothing here is collected by pytest.
"""
