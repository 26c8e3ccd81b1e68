namespace SslAgent.Replay;

/// <summary>
/// What is remembered of one modality, under one policy (<see cref="ReplayPolicy"/>): bounded in count and bytes, a fold over what is offered to it, the
/// same for the same calls. Who leaves is the policy's; that nothing which was taken out comes back by itself holds for all. Not thread-safe.
/// </summary>
internal interface IReplayBuffer
{
    int Count { get; }

    long Bytes { get; }

    /// <summary>Entries that left for lack of room, or were not let in.</summary>
    long Evicted { get; }

    /// <summary>The entries, in no order: a copy.</summary>
    Entry[] Entries();

    /// <summary>Offers what was just admitted; numbers only rise.</summary>
    void Offer(Entry entry);

    /// <summary>Takes entries out that must not be drawn again.</summary>
    int RemoveAll(Predicate<Entry> match);

    /// <summary>A cycle begins: whoever is here now its model will weigh, where the policy asks for that.</summary>
    void Begin()
    {
    }

    /// <summary>That cycle came to its end: whoever was here when it began has been weighed, and whom the model found redundant was taken out before.</summary>
    void Settle()
    {
    }

    /// <summary>That cycle is void, or its model is: the next one weighs in its place.</summary>
    void GiveBack()
    {
    }

    SavedBuffer Save();

    /// <summary>Becomes what was saved, perhaps under another policy or other limits: they take effect at once.</summary>
    void Load(SavedBuffer saved);
}
