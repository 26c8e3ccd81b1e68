namespace TorchSharp;

/// <summary>One per thread: the chain of open scopes and the counts. Neither is visible to other threads, nor flows over an await.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScopeManager? current;

    internal static DisposeScopeManager Current => current ??= new DisposeScopeManager();

    public static ThreadDisposeScopeStatistics Statistics => Current.Counts;

    internal ThreadDisposeScopeStatistics Counts { get; } = new();
    internal LifetimeStatistics Tensors => Counts.TensorStatistics;
    internal DisposeScope? Innermost { get; private set; }

    internal DisposeScope Open() => Innermost = new DisposeScope(this, Innermost);

    internal void Register(torch.Tensor tensor)
    {
        if (Innermost is { } scope)
        {
            Tensors.CreatedInScopeCount++;
            scope.Add(tensor);
        }
        else
        {
            Tensors.CreatedOutsideScopeCount++;
        }
    }

    internal void CountDisposal(torch.Tensor tensor)
    {
        if (tensor.OwningDisposeScope is null)
        {
            Tensors.DisposedOutsideScopeCount++;
        }
        else
        {
            Tensors.DisposedInScopeCount++;
        }
    }

    /// <summary>Takes a scope out of the chain, also when scopes are closed out of order.</summary>
    internal void Remove(DisposeScope closed)
    {
        if (Innermost == closed)
        {
            Innermost = closed.OuterScope;
            return;
        }
        for (var scope = Innermost; scope is not null; scope = scope.OuterScope)
        {
            if (scope.OuterScope == closed)
            {
                scope.OuterScope = closed.OuterScope;
                return;
            }
        }
    }
}
