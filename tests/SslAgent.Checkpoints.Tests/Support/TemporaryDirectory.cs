namespace SslAgent.Checkpoints.Tests;

/// <summary>A directory of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("sslagent-checkpoints-").FullName;

    public string Versions => Path.Combine(Root, "versions");

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
