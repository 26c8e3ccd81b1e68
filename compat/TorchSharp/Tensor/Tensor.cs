using System.Diagnostics;
using System.Runtime.CompilerServices;
using TorchSharp.Bridge;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// One strong reference to a libtorch tensor. Made only by operators and factories; registered with the innermost dispose scope of
    /// its thread, which disposes it, or else disposed by whoever holds it, or at last by the garbage collector. Operators ending in
    /// an underscore change the tensor and return this same object.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long totalCount;
        private static long peakCount;
        private nint handle;

        /// <summary>Where this tensor stands in its scope's list.</summary>
        internal int ScopeSlot = -1;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var now = Interlocked.Increment(ref totalCount);
            if (now > peakCount)
            {
                peakCount = now;
            }
            if (register)
            {
                DisposeScopeManager.Current.Register(this);
            }
        }

        ~Tensor() => Dispose(false);

        /// <summary>Tensors alive in the whole process, by wrappers.</summary>
        public static long TotalCount => Interlocked.Read(ref totalCount);

        public static long PeakCount => Interlocked.Read(ref peakCount);

        /// <summary>The bare handle. It outlives no garbage collection of this object: keep the object reachable while using it.</summary>
        public IntPtr Handle
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                if (handle == 0)
                {
                    ThrowEmpty();
                }
                return handle;
            }
        }

        public bool IsInvalid => handle == 0;

        public string? name { get; set; }

        internal DisposeScope? OwningDisposeScope { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Lets go of the scope without disposing the tensor; with no outer scope it belongs to the caller.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } scope)
            {
                scope.MoveToOther(other, this);
            }
            else
            {
                other?.Attach(this);
            }
            return this;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Same shape and same values.</summary>
        public bool Equals(Tensor target) => ReferenceEquals(this, target) || Aten.equal.CallBool(this, target);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        public override string ToString() => IsInvalid ? "(disposed)" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        internal static Tensor Wrap(nint handle) => new(handle);

        /// <summary>For a wrapper that takes over this one's handle.</summary>
        internal nint MoveHandle()
        {
            var moved = Handle;
            handle = 0;
            Interlocked.Decrement(ref totalCount);
            return moved;
        }

        protected virtual void Dispose(bool disposing)
        {
            var freed = Interlocked.Exchange(ref handle, 0);
            if (freed == 0)
            {
                return;
            }
            Interlocked.Decrement(ref totalCount);
            if (disposing)
            {
                LeaveScope();
            }
            Native.sat_tensor_free(freed);
        }

        private void LeaveScope()
        {
            DisposeScopeManager.Current.CountDisposal(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            OwningDisposeScope = null;
        }

        [StackTraceHidden]
        private static void ThrowEmpty() => throw new InvalidOperationException("Tensor invalid -- empty handle.");
    }
}
