using SslAgent.Domain;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>Random subsets, drawn on the host so that every device hides the same things.</summary>
internal static class MaskDraw
{
    /// <summary>
    /// Splits the numbers below <paramref name="count"/> at random, anew for each row.
    /// </summary>
    /// <returns>Kept [rows·kept] and hidden [rows·(count - kept)] numbers, row-major; together each row holds every number once.</returns>
    public static (int[] Kept, int[] Hidden) Split(int rows, int count, int kept, DrawKey key)
    {
        Check.That(kept > 0 && kept < count, "something is kept and something hidden");
        var chance = new Philox(key);
        var keptAll = new int[rows * kept];
        var hiddenAll = new int[rows * (count - kept)];
        var order = new int[count];
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < count; i++) order[i] = i;
            ChooseFirst(order, kept, ref chance);
            order.AsSpan(0, kept).CopyTo(keptAll.AsSpan(row * kept));
            order.AsSpan(kept).CopyTo(hiddenAll.AsSpan(row * (count - kept)));
        }

        return (keptAll, hiddenAll);
    }

    /// <summary>Moves a uniformly drawn subset to the front (the first steps of Fisher and Yates' shuffle).</summary>
    public static void ChooseFirst(Span<int> items, int chosen, ref Philox chance)
    {
        for (var i = 0; i < chosen; i++)
        {
            int j = i + chance.NextInt(items.Length - i);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
