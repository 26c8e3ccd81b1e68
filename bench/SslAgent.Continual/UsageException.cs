namespace SslAgent.Continual;

/// <summary>What was asked for cannot be done as asked; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);
