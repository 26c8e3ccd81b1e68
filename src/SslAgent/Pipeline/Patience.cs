using Microsoft.Extensions.Logging;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// What a loop does where it has to wait: for a failing disk, or for a save. It keeps the loop's mark alive, has the problem board say why (health is
/// degraded meanwhile), and ends with the daemon's stop. One for each loop; used by its thread only.
/// </summary>
internal sealed class Patience(string loop, TimeSpan turnMax, ProblemBoard problems, LoopHealth health, ILogger log, CancellationToken stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Tries until the disk does it. Only for what leaves nothing behind when it throws a <see cref="StorageException"/>, so that it may be repeated.
    /// Throws <see cref="OperationCanceledException"/> where the daemon stops meanwhile.
    /// </summary>
    public T Insist<T>(DiskTrouble trouble, Func<T> attempt)
    {
        while (true)
        {
            try
            {
                health.Mark(loop, turnMax);
                T done = attempt();
                if (problems.Clear(trouble.Topic)) HeadLog.DiskHealed(log, trouble.Topic);
                return done;
            }
            catch (StorageException fault)
            {
                Tell(trouble.Topic, $"{trouble.Begins}: {fault.Message}");
                Rest();
            }
        }
    }

    public void Insist(DiskTrouble trouble, Action attempt) => Insist(trouble, () =>
    {
        attempt();
        return true;
    });

    /// <summary>Waits until a condition holds that says, in a sentence for the operator, why it does not yet.</summary>
    public void Until(string topic, Func<string?> obstacle)
    {
        while (obstacle() is { } sentence)
        {
            Tell(topic, sentence);
            Rest();
        }

        if (problems.Clear(topic)) HeadLog.DiskHealed(log, topic);
    }

    /// <summary>Waits for a task that may take as long as a disk is full. Its own fault is the caller's.</summary>
    public T Await<T>(Task<T> task)
    {
        Await((Task)task);
        return task.GetAwaiter().GetResult();
    }

    public void Await(Task task)
    {
        while (!task.IsCompleted)
        {
            health.Mark(loop, turnMax);
            Task.WaitAny([task], (int)Pause.TotalMilliseconds, stopping);
        }

        task.GetAwaiter().GetResult();
    }

    private void Tell(string topic, string sentence)
    {
        if (problems.Set(topic, sentence)) HeadLog.DiskFailing(log, sentence);
    }

    private void Rest()
    {
        health.Mark(loop, turnMax);
        if (stopping.WaitHandle.WaitOne(Pause)) throw new OperationCanceledException(stopping);
    }
}
