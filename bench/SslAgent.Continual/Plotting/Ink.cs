namespace SslAgent.Continual.Plotting;

/// <summary>A colour.</summary>
internal readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    public static Ink Black { get; } = new(40, 40, 40);

    public static Ink Grey { get; } = new(150, 150, 150);

    public static Ink Faint { get; } = new(226, 226, 226);

    /// <summary>Distinct colours for a few things.</summary>
    public static IReadOnlyList<Ink> Distinct { get; } =
        [new(31, 119, 180), new(214, 90, 40), new(44, 140, 60), new(150, 90, 170), new(180, 140, 20), new(20, 150, 160), new(200, 60, 110), new(110, 110, 110)];

    public static Ink Mix(Ink from, Ink to, double share)
    {
        double part = Math.Clamp(share, 0, 1);
        byte Part(byte left, byte right) => (byte)Math.Round(left + ((right - left) * part));
        return new Ink(Part(from.Red, to.Red), Part(from.Green, to.Green), Part(from.Blue, to.Blue));
    }

    /// <summary>From old (dark blue) over green to new (orange), for things in an order.</summary>
    public static Ink InOrder(int place, int count)
    {
        Ink[] stops = [new(40, 50, 130), new(30, 140, 150), new(110, 170, 60), new(230, 150, 30), new(200, 50, 40)];
        double at = count <= 1 ? 0 : place * (stops.Length - 1.0) / (count - 1);
        int stop = Math.Min((int)at, stops.Length - 2);
        return Mix(stops[stop], stops[stop + 1], at - stop);
    }
}
