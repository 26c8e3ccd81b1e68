using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// Asks a cycle's model, when the cycle ends, who is redundant in the replay buffer, and journals the answer: a fact from then on, which a cycle that is run anew
/// takes as it stands. Nothing happens under a policy that does not ask. The learner thread's.
/// </summary>
internal sealed class Redundancy(Ledger ledger, LearnerSeat seat, LoopHealth health, Patience patience, ILogger log)
{
    /// <summary>What the line knows of the buffer after this cycle. A rejected model is not asked: who knows what it sees.</summary>
    public EmbeddingBook Weigh(PreparedCycle cycle, VerdictKind verdict, Interrupts interrupts)
    {
        if (cycle.Buffer.IsEmpty || verdict == VerdictKind.Reject) return seat.Embeddings;
        Weighing weighing;
        using (ISampleEmbedder embedder = seat.Learner.OpenSampleEmbedder())
            weighing = cycle.Buffer.Weigh(cycle.Number, seat.Embeddings, embedder, read => Read(read, interrupts, mayBeCutOff: cycle.Ended is null), cycle.EvictedFact);
        bool isDecided = cycle.EvictedFact is not null;
        if (!isDecided && weighing.Evicted.Count > 0) patience.Insist(DiskTrouble.Deciding, () => ledger.Decide(weighing.Evicted));
        HeadLog.Weighed(log, cycle.Number, weighing.Embedded, weighing.Evicted.Count);
        return weighing.Book;
    }

    private Batch Read(Func<Batch> read, Interrupts interrupts, bool mayBeCutOff)
    {
        health.Mark(LearnerLoop.Name, LearnerLoop.StepMax);
        return patience.Insist(DiskTrouble.ReadingSamples, () => PatientSamples.UnlessOrdered(read, interrupts, mayBeCutOff));
    }
}
