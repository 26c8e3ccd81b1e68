namespace SslAgent.Learning.State;

/// <summary>A stored version that cannot be used here: another shape, a missing tensor, no training state. The message names version and value.</summary>
public sealed class ModelStateException(string message) : Exception(message);
