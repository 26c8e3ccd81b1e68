using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>
/// The one thread that trains. It first runs anew what a crash cut off, then takes orders: at most one cycle at a time, by construction. A fault
/// that is no operator's mistake ends the loop and, through <see cref="Failed"/>, the daemon: the journal carries it over the restart.
/// </summary>
internal sealed class LearnerLoop : ICycleStarter, IDisposable
{
    public const string Name = "learner";

    /// <summary>Longest that one step, the probes, or reading a version may take before the learner counts as stuck.</summary>
    public static readonly TimeSpan StepMax = TimeSpan.FromMinutes(10);

    private const int OrdersMax = 64;
    private static readonly TimeSpan IdleTurn = TimeSpan.FromSeconds(1), IdleMax = TimeSpan.FromMinutes(1);

    private readonly CycleDesk _desk;
    private readonly Rollbacks _rollbacks;
    private readonly Forgetting _forgetting;
    private readonly LearnerSeat _seat;
    private readonly LoopHealth _health;
    private readonly ILogger _log;

    private readonly BlockingCollection<LearnerOrder> _orders = new(OrdersMax);
    private readonly Interrupts _interrupts;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private IReadOnlyList<Unfinished> _unfinished = [];

    // 1 while a cycle waits for its turn or runs: triggers that come meanwhile are one. The event is set while it is 0.
    private readonly ManualResetEventSlim _idle = new(true);
    private int _cycleAsked;
    private volatile bool _hasCaughtUp;

    public LearnerLoop(CycleDesk desk, Rollbacks rollbacks, Forgetting forgetting, LearnerSeat seat, Interrupts interrupts, LoopHealth health, ILogger log)
    {
        (_desk, _rollbacks, _forgetting, _seat, _interrupts, _health, _log) = (desk, rollbacks, forgetting, seat, interrupts, health, log);
        _thread = new Thread(Run) { Name = Name, IsBackground = true };
    }

    /// <summary>Raised once, from the learner thread, when it ends by a fault.</summary>
    public event Action<Exception>? Failed;

    public bool IsBusy => Volatile.Read(ref _cycleAsked) == 1;

    /// <summary>Whether what an earlier life left unfinished is made up for.</summary>
    public bool HasCaughtUp => _hasCaughtUp;

    public void Start(IReadOnlyList<Unfinished> unfinished)
    {
        _unfinished = unfinished;
        _thread.Start();
    }

    public Task<bool> StartCycle(string trigger)
    {
        var begun = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Exchange(ref _cycleAsked, 1) == 1)
        {
            begun.TrySetResult(false);
            return begun.Task;
        }

        _idle.Reset();
        if (!TryPost(new LearnerOrder.StartCycle(trigger, begun)))
        {
            CycleOver();
            begun.TrySetResult(false);
        }

        return begun.Task;
    }

    public bool AwaitIdle(TimeSpan wait, CancellationToken cancellation) => _idle.Wait(wait, cancellation);

    public Task<RollbackEffect> RollBack(RollbackRequest request) =>
        Post<RollbackEffect>(done => new LearnerOrder.Rollback(request, done));

    public Task<ForgetEffect> Forget(ForgetRequest request) => Post<ForgetEffect>(done => new LearnerOrder.Forget(request, done));

    /// <summary>Finishes the step, writes a resume point, ends. The task ends with the thread.</summary>
    public Task StopAsync()
    {
        _interrupts.Stop();
        _orders.CompleteAdding();
        return _thread.ThreadState.HasFlag(ThreadState.Unstarted) ? Task.CompletedTask : _ended.Task;
    }

    public void Dispose()
    {
        _orders.Dispose();
        _idle.Dispose();
    }

    /// <summary>Posts an order that cuts off a running cycle.</summary>
    private Task<T> Post<T>(Func<TaskCompletionSource<T>, LearnerOrder> orderOf)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _interrupts.OrderPosted();
        if (!TryPost(orderOf(done)))
        {
            _interrupts.OrderTaken();
            done.TrySetException(new ControlRefusedException("the agent is stopping or has too many orders waiting; try again"));
        }

        return done.Task;
    }

    private bool TryPost(LearnerOrder order)
    {
        try
        {
            return _orders.TryAdd(order);
        }
        catch (InvalidOperationException)
        {
            return false; // Stopping.
        }
    }

    private void Run()
    {
        try
        {
            _forgetting.MakeUp(_interrupts.Stopping);
            _desk.RunUnfinished(_unfinished, _interrupts);
            _hasCaughtUp = true;
            while (!_interrupts.IsStopping)
            {
                _health.Mark(Name, IdleMax);
                if (TryTake(out LearnerOrder? order)) Carry(order!);
            }
        }
        catch (OperationCanceledException) when (_interrupts.IsStopping)
        {
            // Stopped while a tokenizer was being trained, or a save or the disk awaited: the next start does it anew.
        }
        catch (Exception fault)
        {
            // Policy: a fault here is ours or the machine's; the daemon ends, and the journal has everything for the next start.
            HeadLog.LoopFailed(_log, Name, fault.Message, fault);
            Failed?.Invoke(fault);
        }
        finally
        {
            _health.Retire(Name);
            while (_orders.TryTake(out LearnerOrder? order)) Refuse(order);
            CycleOver();
            _seat.Dispose();
            _ended.TrySetResult();
        }
    }

    private bool TryTake(out LearnerOrder? order)
    {
        try
        {
            return _orders.TryTake(out order, (int)IdleTurn.TotalMilliseconds, _interrupts.Stopping);
        }
        catch (Exception fault) when (fault is OperationCanceledException or InvalidOperationException)
        {
            order = null;
            return false;
        }
    }

    private void Carry(LearnerOrder order)
    {
        switch (order)
        {
            case LearnerOrder.StartCycle start:
                try
                {
                    _forgetting.TryAgain(_interrupts.Stopping);
                    _desk.RunNew(start, _interrupts);
                }
                finally
                {
                    CycleOver();
                    start.Begun.TrySetResult(false);
                }

                break;
            case LearnerOrder.Rollback back:
                _interrupts.OrderTaken();
                Answer(back.Done, () => _rollbacks.Carry(back.Request, _seat));
                break;
            case LearnerOrder.Forget forget:
                _interrupts.OrderTaken();
                Answer(forget.Done, () => _forgetting.Carry(forget.Request, _seat, _interrupts.Stopping));
                break;
        }
    }

    private void CycleOver()
    {
        // In this order: a trigger that comes in between is told no and asks again; the other way round it could find a busy learner idle.
        _idle.Set();
        Volatile.Write(ref _cycleAsked, 0);
    }

    private static void Answer<T>(TaskCompletionSource<T> done, Func<T> carry)
    {
        try
        {
            done.TrySetResult(carry());
        }
        catch (Exception refusal) when (refusal is ControlRefusedException or IOException)
        {
            done.TrySetException(refusal is ControlRefusedException ? refusal : new ControlRefusedException(refusal.Message));
        }
        catch (OperationCanceledException)
        {
            done.TrySetException(new ControlRefusedException("the agent is stopping; the next start finishes what is in the journal of it, else order it again"));
            throw;
        }
    }

    private static void Refuse(LearnerOrder order)
    {
        if (order is LearnerOrder.StartCycle start) start.Begun.TrySetResult(false);
        var stopping = new ControlRefusedException("the agent is stopping; run the command again");
        if (order is LearnerOrder.Rollback back) back.Done.TrySetException(stopping);
        if (order is LearnerOrder.Forget forget) forget.Done.TrySetException(stopping);
    }
}
