using SslAgent.Domain;
using SslAgent.Guarding;

namespace SslAgent.Demo;

/// <summary>One objective on the exam: mean held-out losses, by the untrained and by the final model, and what knowing nothing gets.</summary>
internal sealed record ObjectiveResult(string Name, double Before, double After, double Trivial)
{
    /// <summary>How far below the trivial loss, as a share of it; negative is worse than knowing nothing.</summary>
    public double Gain => 1 - (After / Trivial);
}

/// <summary>One era by the agent's own sentinels: its loss when it was first probed as it is in the last version (an era grows for a while), at its best since then, and in that version.</summary>
internal sealed record EraResult(string Era, string Objective, double First, double Best, double Last, int Count)
{
    /// <summary>What was known once and is not any more, as a share of the best loss; 0 is nothing forgotten.</summary>
    public double Forgotten => Math.Max(0, (Last / Best) - 1);
}

/// <summary>All that the demo measured. Written to summary.json as it stands.</summary>
/// <param name="Examined">The version that sat the exam: the last one promoted before the rollback.</param>
/// <param name="RetrievalBefore">Of the untrained model.</param>
/// <param name="Matrix">What each version on the examined one's line knew of each era.</param>
internal sealed record DemoResult(
    ModelVersion Examined,
    IReadOnlyList<ObjectiveResult> Objectives,
    RetrievalProbe? RetrievalBefore,
    RetrievalProbe? Retrieval,
    IReadOnlyList<EraResult> Eras,
    ForgettingMatrix Matrix,
    IReadOnlyList<ReconstructedRow> Rows)
{
    public const double RecallTarget = 0.15, GainTarget = 0.10;

    /// <summary>What was promised and whether it was reached, one sentence each.</summary>
    public IReadOnlyList<(bool Reached, string Sentence)> Targets() =>
    [
        (Retrieval is { } found && found.RecallAt10 >= RecallTarget, $"text→image recall@10 at least {RecallTarget:P0}: {Retrieval?.RecallAt10 ?? 0:P1}"),
        .. from objective in Objectives
           where objective.Name is "mae" or "mlm"
           select (objective.Gain >= GainTarget, $"{objective.Name} at least {GainTarget:P0} under its trivial loss: {objective.Gain:P1}"),
    ];
}

/// <summary>One picture of the contact sheet as it was, as the network saw it, and as it imagined the rest.</summary>
internal sealed record ReconstructedRow(Frame Original, Frame Masked, Frame Reconstructed);
