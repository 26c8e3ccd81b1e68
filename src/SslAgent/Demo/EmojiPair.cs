using SslAgent.Domain;

namespace SslAgent.Demo;

/// <summary>One emoji: its picture and what people call it.</summary>
/// <param name="Group">One of nine, in the order of the Unicode list: the demo's eras.</param>
/// <param name="IsHeldOut">One of the 374 test pairs: never sent to a training topic.</param>
internal sealed record EmojiPair(int Index, string Group, string Name, IReadOnlyList<string> Keywords, bool IsHeldOut, Frame Frame)
{
    /// <summary>The name, then the keywords that say more than the name did.</summary>
    public string Caption { get; } = string.Join(", ", [Name, .. Keywords.Where(keyword => keyword != Name)]);

    /// <summary>How the era's source is called: <c>emoji/food-drink</c>.</summary>
    public static string SourceOf(string group) =>
        "emoji/" + group.ToLowerInvariant().Replace(" & ", "-", StringComparison.Ordinal).Replace(' ', '-');
}
