using System.Text.RegularExpressions;

namespace SslAgent.Faults.Victim;

/// <summary>
/// What a file is, whatever number it bears: <c>journal/samples</c>, <c>versions/new/model.safetensors</c>, <c>versions/HEAD.tmp</c>. A point is named
/// by it, so that all passings of the same step count as one.
/// </summary>
internal sealed partial class DurableRoles(string root)
{
    private readonly string _root = Path.GetFullPath(root);

    public string Of(string path)
    {
        string role = Path.GetRelativePath(_root, Path.GetFullPath(path)).Replace('\\', '/');
        role = Segment().Replace(role, "$1");
        role = Index().Replace(role, "$1.idx");
        role = Temporary().Replace(role, "/new");
        role = Trash().Replace(role, "/trash");
        return Version().Replace(role, "/v");
    }

    [GeneratedRegex(@"\b(samples|decisions)-\d+\.seg", RegexOptions.CultureInvariant)]
    private static partial Regex Segment();

    [GeneratedRegex(@"\b(samples|decisions)-\d+\.idx", RegexOptions.CultureInvariant)]
    private static partial Regex Index();

    [GeneratedRegex(@"/\.tmp-v\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Temporary();

    [GeneratedRegex(@"/\.trash-v\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Trash();

    [GeneratedRegex(@"/v\d{6}", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
