using System.Diagnostics.CodeAnalysis;

namespace TorchSharp;

/// <summary>
/// The members of one scope. Tensors remember their slot, so adding and removing one costs no hashing: scopes are entered once a step
/// and every operator's result passes through here. Other disposables are few and searched for.
/// </summary>
internal sealed class ScopeSet
{
    private readonly List<IDisposable> items = [];

    public int Count => items.Count;

    public IDisposable[] ToArray() => [.. items];

    public bool Contains(IDisposable item) => IndexOf(item) >= 0;

    public void Add(IDisposable item)
    {
        if (item is torch.Tensor tensor)
        {
            tensor.ScopeSlot = items.Count;
        }
        else if (Contains(item))
        {
            return;
        }
        items.Add(item);
    }

    /// <summary>Swaps the last member into the hole.</summary>
    public bool Remove(IDisposable item)
    {
        var index = IndexOf(item);
        if (index < 0)
        {
            return false;
        }
        var last = items[^1];
        items[index] = last;
        if (last is torch.Tensor moved)
        {
            moved.ScopeSlot = index;
        }
        items.RemoveAt(items.Count - 1);
        return true;
    }

    /// <summary>Takes the youngest member out.</summary>
    public bool TryPop([NotNullWhen(true)] out IDisposable? item)
    {
        if (items.Count == 0)
        {
            item = null;
            return false;
        }
        item = items[^1];
        items.RemoveAt(items.Count - 1);
        return true;
    }

    /// <summary>Empties the set and hands over what was in it; tensors no longer belong to the scope when they are then disposed.</summary>
    public IDisposable[] TakeAll()
    {
        var all = items.ToArray();
        items.Clear();
        return all;
    }

    private int IndexOf(IDisposable item)
    {
        if (item is not torch.Tensor tensor)
        {
            return items.FindIndex(other => ReferenceEquals(other, item));
        }
        var slot = tensor.ScopeSlot;
        return slot >= 0 && slot < items.Count && ReferenceEquals(items[slot], tensor) ? slot : -1;
    }
}
