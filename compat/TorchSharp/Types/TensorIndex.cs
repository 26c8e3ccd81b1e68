namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position in an indexing expression.</summary>
    public struct TensorIndex
    {
        internal enum Kind
        {
            Null,
            Slice,
            None,
            Ellipsis,
            Bool,
            Single,
            Tensor,
        }

        internal Kind Which;
        internal long? First;
        internal long? Stop;
        internal long? Step;
        internal Tensor? Indices;

        /// <summary>Everything not named by the other positions.</summary>
        public static readonly TensorIndex Ellipsis = new() { Which = Kind.Ellipsis };

        /// <summary>A new dimension of size one.</summary>
        public static readonly TensorIndex None = new() { Which = Kind.None };

        public static readonly TensorIndex Null = new() { Which = Kind.Null };

        /// <summary>A whole dimension.</summary>
        public static readonly TensorIndex Colon = Slice();

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Which = Kind.Slice, First = start, Stop = stop, Step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice((long?)range.start, (long?)range.end);

        public static TensorIndex Slice(Range range) => range;

        public static TensorIndex Bool(bool value) => new() { Which = Kind.Bool, First = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => new() { Which = Kind.Single, First = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { Which = Kind.Tensor, Indices = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) =>
            Slice(FromEnd(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : FromEnd(range.End));

        public static implicit operator TensorIndex(Index index) => Single(FromEnd(index));

        private static long FromEnd(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
