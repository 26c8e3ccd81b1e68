using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>What a cycle's model made of the replay buffer.</summary>
/// <param name="Book">Where the samples lie that stay.</param>
/// <param name="Evicted">Who is redundant and leaves: what the journal says of it, where it says something.</param>
/// <param name="Embedded">Samples that the model embedded for it.</param>
/// <param name="Comparisons">How often two samples were compared.</param>
public sealed record Weighing(EmbeddingBook Book, JournalRecord.Evicted Evicted, int Embedded, long Comparisons);

/// <summary>
/// The replay buffer as it was when a cycle began, for the cycle's model to say who is redundant. A function of the view, the book before and the weights:
/// run anew, a cycle comes to the same. Safe to use from any thread.
/// </summary>
public sealed class BufferView
{
    /// <summary>Samples embedded at once.</summary>
    private const int ChunkSamples = 64;

    /// <summary>Share of the buffer's room that <see cref="ReplayPolicy.Hybrid"/> leaves to chance.</summary>
    private const double ChanceShare = 0.5;

    private readonly BatchReader _reader;
    private readonly Candidates _candidates;
    private readonly ReplayOptions _options;

    internal BufferView(BatchReader reader, Candidates candidates, ReplayOptions options) => (_reader, _candidates, _options) = (reader, candidates, options);

    /// <summary>Whether there is nothing to ask the model.</summary>
    public bool IsEmpty => _candidates.IsEmpty;

    /// <summary>
    /// Embeds what is new and some of the rest, and chooses who leaves so that what stays fits the buffer. A modality that the model cannot embed yet is left alone:
    /// chance decides there.
    /// </summary>
    /// <param name="before">As of the version that the cycle stands on.</param>
    /// <param name="read">Reads samples: how patiently is the caller's.</param>
    /// <param name="fact">What the journal says that was found redundant; null lets the model choose.</param>
    public Weighing Weigh(CycleNumber cycle, EmbeddingBook before, ISampleEmbedder embedder, Func<Func<Batch>, Batch> read, JournalRecord.Evicted? fact)
    {
        EmbeddingBook book = EmbeddingBook.Empty;
        var leaving = new Dictionary<Modality, IReadOnlyList<SampleId>>();
        int count = 0;
        long comparisons = 0;
        foreach (Modality modality in Enum.GetValues<Modality>())
        {
            CandidateList list = _candidates.Of(modality);
            EmbeddingTable table = before.Of(modality);
            Dictionary<long, float[]> embedded = Embed(modality, ToEmbed(list, table), embedder, read);
            count += embedded.Count;
            EmbeddingTable all = table.After(cycle.Value, embedded, [.. list.Entries.Select(entry => entry.Id)]);
            leaving[modality] = fact is null ? Choose(list, all, modality, ref comparisons) : fact.ByModality.First(part => part.Modality == modality).Ids;
            HashSet<long> gone = [.. leaving[modality].Select(id => id.Sequence)];
            book = book.With(modality, all.After(cycle.Value, new Dictionary<long, float[]>(), [.. all.Ids.ToArray().Where(id => !gone.Contains(id))]));
        }

        return new Weighing(book, new JournalRecord.Evicted(cycle, leaving[Modality.Frame], leaving[Modality.Text], leaving[Modality.Pair]), count, comparisons);
    }

    /// <summary>All that are new, and of the others as many as the options say: those that were never embedded first, then those whose turn was longest ago.</summary>
    private List<Entry> ToEmbed(CandidateList list, EmbeddingTable table)
    {
        List<Entry> chosen = [.. list.Entries.Where(entry => IsNew(entry) && table.Find(entry.Id) < 0)];
        chosen.AddRange(list.Entries.Where(entry => !(IsNew(entry) && table.Find(entry.Id) < 0))
            .Select(entry => (Entry: entry, Cycle: table.Find(entry.Id) is >= 0 and int place ? table.CycleAt(place) : -1))
            .OrderBy(known => known.Cycle).ThenBy(known => known.Entry.Id).Take(_options.RefreshedMax).Select(known => known.Entry));
        return chosen;

        bool IsNew(Entry entry) => list.Unweighed.Contains(entry.Id);
    }

    private Dictionary<long, float[]> Embed(Modality modality, List<Entry> entries, ISampleEmbedder embedder, Func<Func<Batch>, Batch> read)
    {
        var rows = new Dictionary<long, float[]>();
        foreach (Entry[] chunk in entries.Chunk(ChunkSamples))
        {
            Batch batch = read(() => _reader.ReadProbe(modality, [.. chunk.Select(entry => entry.ToDrawable())]));
            if (batch.Count == 0) continue; // The medium lost them all.
            if (embedder.Embed(batch) is not { } embedded) break;
            foreach ((SampleId id, float[] row) in batch.Ids.Zip(embedded))
            {
                if (EmbeddingTable.IsDirection(row)) rows[id.Sequence] = row;
            }
        }

        return rows;
    }

    private List<SampleId> Choose(CandidateList list, EmbeddingTable table, Modality modality, ref long comparisons)
    {
        (int countMax, long bytesMax) = _options.CapacityOf(modality);
        long countOver = list.Entries.Length - countMax, bytesOver = list.Entries.Sum(entry => entry.Bytes) - bytesMax;
        HashSet<long> chancy = [];
        if (_options.Policy == ReplayPolicy.Hybrid)
            chancy = [.. list.Entries.OrderBy(entry => entry.Priority).Take((int)(countMax * ChanceShare)).Select(entry => entry.Id)];
        Entry[] known = [.. list.Entries.Where(entry => table.Find(entry.Id) >= 0)];
        sbyte[] vectors = new sbyte[known.Length * EmbeddingBook.Width];
        for (int i = 0; i < known.Length; i++)
            table.VectorAt(table.Find(known[i].Id)).CopyTo(vectors.AsSpan(i * EmbeddingBook.Width));
        Weighed[] samples = [.. known.Select(entry => new Weighed(entry.Priority, entry.Bytes, !chancy.Contains(entry.Id)))];
        (IReadOnlyList<int> leaving, long compared) = RedundancyChoice.Choose(vectors, samples, countOver, bytesOver);
        comparisons += compared;
        return [.. leaving.Select(i => new SampleId(known[i].Id)).Order()];
    }
}
