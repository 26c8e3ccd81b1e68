namespace TorchSharp;

/// <summary>
/// Owns the tensors made on its thread while it is the innermost scope, and disposes them with itself. Survivors leave through
/// <see cref="MoveToOuter{T}(T)"/> or <see cref="Detach{T}(T)"/>. Not safe for use from two threads at once.
/// </summary>
public sealed partial class DisposeScope : IDisposable
{
    private readonly ScopeSet members = new();
    private DisposeScopeManager? manager;

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer)
    {
        this.manager = manager;
        OuterScope = outer;
    }

    internal DisposeScope? OuterScope { get; set; }

    public int DisposablesCount => members.Count;

    public IReadOnlyList<IDisposable> DisposablesView => members.ToArray();

    public bool Contains(IDisposable disposable) => members.Contains(disposable);

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        ArgumentNullException.ThrowIfNull(disposables);
        foreach (var disposable in disposables)
        {
            DetachOne(disposable);
        }
    }

    public void Attach(IDisposable disposable) => AttachOne(disposable);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var all = disposables.ToArray();
        foreach (var disposable in all)
        {
            AttachOne(disposable);
        }
        return all;
    }

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        ArgumentNullException.ThrowIfNull(disposables);
        foreach (var disposable in disposables)
        {
            MoveOne(scope, disposable);
        }
    }

    public void DisposeEverything() => DisposeEverythingBut();

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        RequireAlive();
        var kept = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in members.TakeAll())
        {
            if (kept.Contains(disposable))
            {
                members.Add(disposable);
            }
            else
            {
                disposable.Dispose();
            }
        }
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        RequireAlive();
        Forget(disposable);
    }

    public void Dispose()
    {
        if (manager is not { } owner)
        {
            return;
        }
        while (members.TryPop(out var disposable))
        {
            disposable.Dispose();
        }
        owner.Remove(this);
        manager = null;
    }

    internal void Add(IDisposable disposable)
    {
        members.Add(disposable);
        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope = this;
        }
    }

    /// <summary>Puts <paramref name="replacement"/> where <paramref name="original"/> was, for a wrapper that took over its handle.</summary>
    internal void Replace(torch.Tensor original, torch.Tensor replacement)
    {
        if (Forget(original))
        {
            Add(replacement);
        }
    }

    private void DetachOne(IDisposable disposable)
    {
        if (Forget(disposable) && disposable is torch.Tensor)
        {
            RequireAlive().Tensors.DetachedFromScopeCount++;
        }
    }

    private void AttachOne(IDisposable disposable)
    {
        var owner = RequireAlive();
        if (disposable is torch.Tensor tensor)
        {
            if (tensor.OwningDisposeScope == this)
            {
                return;
            }
            tensor.OwningDisposeScope?.Forget(tensor);
            owner.Tensors.AttachedToScopeCount++;
        }
        Add(disposable);
    }

    private void MoveOne(DisposeScope? scope, IDisposable disposable)
    {
        var owner = RequireAlive();
        if (!Forget(disposable))
        {
            return;
        }
        if (scope is not null)
        {
            scope.Add(disposable);
        }
        else if (disposable is torch.Tensor)
        {
            owner.Tensors.DetachedFromScopeCount++;
        }
    }

    private bool Forget(IDisposable disposable)
    {
        if (!members.Remove(disposable))
        {
            return false;
        }
        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope = null;
        }
        return true;
    }

    private DisposeScopeManager RequireAlive() => manager ?? throw new ObjectDisposedException(nameof(DisposeScope));
}
