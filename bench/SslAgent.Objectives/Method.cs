using SslAgent.Learning;

namespace SslAgent.Objectives;

/// <summary>One row of one ground's table.</summary>
internal sealed record Method(Ground Ground, string Name)
{
    public const string Untrained = "untrained", Raw = "raw", Supervised = "supervised";

    /// <summary>Every objective on its ground, and what it is held against.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        .. from ground in Ground.All
           from name in (IEnumerable<string>)
               [Raw, Untrained, .. ObjectiveCatalog.All.Where(ground.Holds).Select(objective => objective.Name), .. ground == Ground.Pictures ? [Supervised, .. Peer.Names] : Array.Empty<string>()]
           select new Method(ground, name),
    ];

    /// <summary>Unlike every other method's.</summary>
    public string Id => $"{Ground.Name}/{Name}";

    /// <summary>Nothing is trained for it.</summary>
    public bool IsUntrained => Name is Untrained or Raw;

    /// <summary>The rows that a name, a ground or both of them (<c>film/tcn</c>) mean; none where there are none.</summary>
    public static IReadOnlyList<Method> Find(string named) => [.. All.Where(method => named == method.Id || named == method.Name || named == method.Ground.Name)];
}
