namespace SslAgent.Continual.Streams;

/// <summary>Where data lies: what the repository ships, and the sets that it may not ship.</summary>
/// <param name="Assets">The repository's own <c>assets</c>.</param>
/// <param name="Data">A folder with <c>cifar10</c>, <c>trashnet64</c>, <c>loghub</c>, <c>video_vtest</c>, <c>video_tree</c>; it may be missing.</param>
internal sealed record DataFolders(string Assets, string Data)
{
    public string Emoji => Path.Combine(Assets, "emoji");

    public string Logs => Path.Combine(Assets, "logs");

    public string Set(string name) => Path.Combine(Data, name);
}
