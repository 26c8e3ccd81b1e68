using System.Globalization;
using SslAgent.Learning;

namespace SslAgent.Objectives;

/// <summary>One row of one ground's table, or the same again with another seed.</summary>
/// <param name="Again">By how much its seed differs from the table's; 0 for a row of the table.</param>
internal sealed record Method(Ground Ground, string Name, int Again = 0)
{
    public const string Untrained = "untrained", Raw = "raw", Supervised = "supervised";

    /// <summary>What is compared with a peer has so many seeds more: the questions alone say nothing of another seed.</summary>
    private const int More = 2;

    /// <summary>Every objective on its ground, and what it is held against.</summary>
    public static IReadOnlyList<Method> Rows { get; } =
    [
        .. from ground in Ground.All
           from name in (IEnumerable<string>)
               [Raw, Untrained, .. ObjectiveCatalog.All.Where(ground.Holds).Select(objective => objective.Name), .. ground == Ground.Pictures ? [Supervised, .. Peer.Names] : Array.Empty<string>()]
           select new Method(ground, name),
    ];

    /// <summary>The rows, then what is compared with a peer, again with other seeds.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        .. Rows,
        .. from again in Enumerable.Range(1, More)
           from row in Rows
           where row.Ground == Ground.Pictures && (Peer.Names.Contains(row.Name) || Peer.Names.Contains(row.Name + Peer.Suffix))
           select row with { Again = again },
    ];

    /// <summary>Unlike every other method's: <c>pictures/mae</c>, and <c>pictures/mae/seed+1</c> for the same with the seed behind the table's.</summary>
    public string Id => $"{Ground.Name}/{Name}{(Again == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/seed+{Again}"))}";

    /// <summary>Nothing is trained for it.</summary>
    public bool IsUntrained => Name is Untrained or Raw;

    /// <summary>The rows that a name, a ground or both of them (<c>film/tcn</c>) mean; none where there are none.</summary>
    public static IReadOnlyList<Method> Find(string named) => [.. All.Where(method => named == method.Id || named == method.Name || named == method.Ground.Name)];
}
