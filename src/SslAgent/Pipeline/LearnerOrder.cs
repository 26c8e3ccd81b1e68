using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>What the learner thread can be asked for. It takes orders one after the other; a rollback and a forgetting also cut off a running cycle.</summary>
internal abstract record LearnerOrder
{
    /// <summary>Begin a cycle, if there is something to learn from.</summary>
    /// <param name="Begun">Set once the cycle's first record is in the journal, or none will be written.</param>
    public sealed record StartCycle(string Trigger, TaskCompletionSource<bool> Begun) : LearnerOrder;

    /// <summary>Go back to an earlier version.</summary>
    public sealed record Rollback(RollbackRequest Request, TaskCompletionSource<RollbackEffect> Done) : LearnerOrder;

    /// <summary>Take samples out of buffer and journal.</summary>
    public sealed record Forget(ForgetRequest Request, TaskCompletionSource<ForgetEffect> Done) : LearnerOrder;
}
