namespace SslAgent.Picturing;

/// <summary>The colours of plots.</summary>
internal static class Inks
{
    public static Ink Grey { get; } = new(150, 150, 150);

    public static Ink Faint { get; } = new(226, 226, 226);

    /// <summary>Distinct colours for a few things.</summary>
    public static IReadOnlyList<Ink> Distinct { get; } =
        [new(31, 119, 180), new(214, 90, 40), new(44, 140, 60), new(150, 90, 170), new(180, 140, 20), new(20, 150, 160), new(200, 60, 110), new(110, 110, 110)];

    /// <summary>From old (dark blue) over green to new (orange), for things in an order.</summary>
    public static Ink InOrder(int place, int count)
    {
        Ink[] stops = [new(40, 50, 130), new(30, 140, 150), new(110, 170, 60), new(230, 150, 30), new(200, 50, 40)];
        double at = count <= 1 ? 0 : place * (stops.Length - 1.0) / (count - 1);
        int stop = Math.Min((int)at, stops.Length - 2);
        return Ink.Mix(stops[stop], stops[stop + 1], at - stop);
    }
}
