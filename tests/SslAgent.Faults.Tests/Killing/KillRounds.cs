using SslAgent.Faults.Victim;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>Kills at all of some named points: in torture a chain of lives for each, else many points a chain. What a chain misses the next round tries again.</summary>
internal sealed class KillRounds(KillLanes lanes, int seed)
{
    private const int ChainPoints = 24, RoundsMax = 6, PassingMax = 6;

    private static readonly string[] AfterInAnyCase = ["after commit ", "after rename ", "after link ", "after sync directory ", "after sync journal/"];

    private readonly Random _chance = new(seed);

    /// <summary>What lies between the end of a step and the beginning of the next is one place with two names: torture takes both.</summary>
    public static bool IsMeant(string name) => Torture.IsOn || !Step(name).StartsWith("after ", StringComparison.Ordinal) ||
        AfterInAnyCase.Any(step => Step(name).StartsWith(step, StringComparison.Ordinal));

    /// <param name="points">Names, and how often a recording run passed each.</param>
    /// <param name="chainOf">A chain by its name, the round, and its kills.</param>
    public async Task KillAtAllAsync(IReadOnlyDictionary<string, int> points, string prefix, Func<string, int, IReadOnlyList<KillPoint>, KillChain> chainOf)
    {
        string[] meant = [.. points.Keys.Where(IsMeant)];
        Assert.NotEmpty(meant);
        List<KillPoint> waiting = [.. Drawn(meant).SelectMany(name => Passings(name, points[name]).Select(passing => new KillPoint(name, passing)))];
        for (int round = 1; waiting.Count > 0 && round <= RoundsMax; round++)
        {
            int number = 0, at = round;
            await lanes.RunAsync(Shuffled(waiting).Chunk(Torture.IsOn ? 1 : ChainPoints).Select(chunk => chainOf($"{prefix}-{at}-{++number}", at, chunk)).ToList());
            HashSet<string> done = [.. lanes.KilledAt.Select(Key)];
            waiting = [.. Drawn(meant.Where(name => !done.Contains(Key(name)))).Select(name => new KillPoint(name, 1))];
        }

        Assert.True(waiting.Count == 0, $"recorded, and never reached to be killed at: {string.Join(", ", waiting.Select(point => point.Name))}");
    }

    /// <summary>
    /// Orders end in the same steps (a version published anew, pointers, a decision): torture takes each order's, else one of them is drawn. Of the many
    /// files that are only read one of each kind is.
    /// </summary>
    private IEnumerable<string> Drawn(IEnumerable<string> names) => Shuffled(names).DistinctBy(Key);

    private static string Key(string name)
    {
        if (Torture.IsOn) return name;
        string step = Step(name);
        return step.StartsWith("read ", StringComparison.Ordinal) ? step[..(step.IndexOf('/', StringComparison.Ordinal) + 1)] : OrderOf(name) is null ? name : $"order: {step}";
    }

    /// <summary>The name without the order that it was a step of.</summary>
    private static string Step(string name) => OrderOf(name) is { } order ? name[(order.Length + 2)..] : name;

    private static string? OrderOf(string name) => name.IndexOf(": ", StringComparison.Ordinal) is > 0 and int colon ? name[..colon] : null;

    /// <summary>How often an order's step is passed differs with what there is to do; once it is in any case.</summary>
    private int[] Passings(string name, int count)
    {
        if (OrderOf(name) is not null && !Torture.IsOn) return [1];
        int later = 1 + _chance.Next(Math.Min(count, PassingMax));
        return Torture.IsOn && later > 1 ? [1, later] : [later];
    }

    private T[] Shuffled<T>(IEnumerable<T> items)
    {
        T[] shuffled = [.. items];
        _chance.Shuffle(shuffled);
        return shuffled;
    }
}
