namespace SslAgent.Replay;

/// <summary>One reservoir each for frames, texts and pairs.</summary>
internal sealed class ReservoirTrio(Reservoir frames, Reservoir texts, Reservoir pairs) : Trio<Reservoir>(frames, texts, pairs)
{
    /// <summary>Takes everything that another three hold, and leaves those as if nothing had ever been offered to them.</summary>
    public void TakeOver(ReservoirTrio other)
    {
        for (int i = 0; i < All.Count; i++) All[i].TakeOver(other.All[i]);
    }

    public void Clear()
    {
        foreach (Reservoir reservoir in All) reservoir.Clear();
    }
}
