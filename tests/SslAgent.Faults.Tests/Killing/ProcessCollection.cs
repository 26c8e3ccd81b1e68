namespace SslAgent.Faults.Tests.Killing;

/// <summary>Tests that start processes side by side themselves: one of them at a time, and nothing beside them. They share a stream and its reference.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection : ICollectionFixture<KillReference>
{
    public const string Name = "processes";
}
