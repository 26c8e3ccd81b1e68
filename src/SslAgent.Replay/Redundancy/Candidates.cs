using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// The buffer as it was when a cycle began, for its model to weigh: immutable. Empty under a policy that does not ask the model. What comes while the cycle trains
/// is weighed by the next one, so that the choice does not depend on the load.
/// </summary>
internal sealed class Candidates(IReadOnlyList<CandidateList> lists)
{
    public static Candidates Empty { get; } = new([CandidateList.Empty, CandidateList.Empty, CandidateList.Empty]);

    public bool IsEmpty => lists.All(list => list.Entries.Length == 0);

    public CandidateList Of(Modality modality) => lists[(int)modality];

    public static Candidates Of(BufferTrio buffer) => new([.. Enum.GetValues<Modality>().Select(modality => CandidateList.Of(buffer.Of(modality)))]);

    public void CollectLive(ISet<long> ids)
    {
        foreach (Entry entry in lists.SelectMany(list => list.Entries))
        {
            ids.Add(entry.Id);
            ids.Add(entry.OtherId);
        }
    }

    public void Save(BinaryWriter to)
    {
        foreach (CandidateList list in lists) list.Save(to);
    }

    public static Candidates Load(BinaryReader from) => new([CandidateList.Load(from), CandidateList.Load(from), CandidateList.Load(from)]);
}

/// <summary>Those of one modality, in order of their ids.</summary>
/// <param name="Unweighed">Ids of those that no cycle has weighed.</param>
internal sealed record CandidateList(Entry[] Entries, HashSet<long> Unweighed)
{
    public static CandidateList Empty { get; } = new([], []);

    public static CandidateList Of(IReplayBuffer buffer)
    {
        if (buffer is not RedundancyBuffer asking) return Empty;
        var unweighed = new HashSet<long>();
        foreach (Entry entry in asking.InCycle()) unweighed.Add(entry.Id);
        return new CandidateList(Entry.Sorted(asking.Entries()), unweighed);
    }

    public void Save(BinaryWriter to)
    {
        to.Write(Entries.Length);
        foreach (Entry entry in Entries)
        {
            entry.Save(to);
            to.Write(Unweighed.Contains(entry.Id));
        }
    }

    public static CandidateList Load(BinaryReader from)
    {
        var entries = new Entry[from.ReadInt32()];
        var unweighed = new HashSet<long>();
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = Entry.Load(from);
            if (from.ReadBoolean()) unweighed.Add(entries[i].Id);
        }

        return new CandidateList(entries, unweighed);
    }
}
