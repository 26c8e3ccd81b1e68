// Tensors count their living process-wide, and every test computes on all cores anyway.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
