namespace SslAgent.Faults.Tests.Killing;

/// <summary>Tests that start processes side by side themselves: one of them at a time, and nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection
{
    public const string Name = "processes";
}
